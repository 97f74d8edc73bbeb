"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from labkit import files


def test_what_was_there_stays_until_the_new_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), files.replacing(path) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(files.os, "fsync", lambda fd: (order.append("fsync"), fsync(fd)))
    monkeypatch.setattr(files.os, "replace", lambda a, b: (order.append("replace"), replace(a, b)))
    files.write_atomically(tmp_path / "new" / "a.txt", b"text")
    assert order == ["fsync", "replace"]
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"text"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "key"
    files.write_first(path, b"secret", files.PRIVATE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_of_several_first_writers_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: files.write_first(path, b"%d" % n * 1000), range(8)))
    kept = path.read_bytes()
    assert len(kept) == 1000 and len(set(kept)) == 1
    files.write_first(path, b"later")
    assert path.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [path]
