"""Puts this package's steps into nbgrader, all of them at nbgrader's own extension points.

One line in a course's `nbgrader_config.py` does it, after `c = get_config()`:

    from labkit.grading.config import apply
    apply(c)
"""

from __future__ import annotations

from traitlets.config import Config


def apply(c: Config) -> None:
    """Have nbgrader grade apart from learners' code, whatever was handed in.

    Args:
        c: nbgrader's configuration; what is set on it later wins.
    """
    from nbconvert.preprocessors import ClearMetadataPreprocessor
    from nbgrader.preprocessors import (
        AssignLatePenalties,
        CheckCellMetadata,
        IgnorePattern,
        LimitOutput,
        SaveAutoGrades,
    )

    from labkit.grading import receipts
    from labkit.grading.collect import StampedZipCollector
    from labkit.grading.execute import ExecuteApart
    from labkit.grading.export import SafeExport
    from labkit.grading.feedback import CarefulReleaseFeedback
    from labkit.grading.intake import SubmissionExporter, admit
    from labkit.grading.needs_person import MarkForPerson
    from labkit.grading.page import TEMPLATE, TEMPLATES, FeedbackPage, LayOutFeedback
    from labkit.grading.rebuild import RebuildFromMaster
    from labkit.grading.record import finish
    from labkit.grading.safe_output import HideTests, SanitizeNotebook, SanitizePage
    from labkit.grading.unpack import SafeExtractor

    c.Autograde.pre_convert_hook = admit
    c.Autograde.post_convert_hook = finish
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = [RebuildFromMaster, CheckCellMetadata]
    c.Autograde.autograde_preprocessors = [
        ExecuteApart,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SanitizeNotebook,
        SaveAutoGrades,
        MarkForPerson,
        receipts.ReceivedAt,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    # `--no-execute` switches off every kind of Execute: nothing would be tested, for full marks.
    c.ExecuteApart.enabled = True
    c.GenerateFeedback.preprocessors = [LayOutFeedback, HideTests]
    c.GenerateFeedback.exporter_class = FeedbackPage
    c.FeedbackPage.template_name = TEMPLATE
    c.FeedbackPage.extra_template_basedirs = [str(TEMPLATES)]
    c.HTMLExporter.preprocessors = [SanitizePage]  # what formgrader renders
    c.ExchangeFactory.collect = receipts.StampedCollect
    c.ExchangeFactory.release_feedback = CarefulReleaseFeedback
    c.ZipCollectApp.extractor_plugin = SafeExtractor
    c.ZipCollectApp.collector_plugin = StampedZipCollector
    c.ExportApp.plugin_class = SafeExport
