"""Worlds with a truth: credit boxes, columns that leak, lesions with stickers, advice, audits."""
