"""An answer as a page: `view(answer)` chooses every word, number and order; templates only print it."""

from __future__ import annotations

from mspike.knowledge import load_knowledge, named_policies, settle
from mspike.options.answer import Answer, Position
from mspike.report import words
from mspike.report.sentence import headline, state_sentence
from mspike.report.view import names
from mspike.report.view.drugs import tri_mark, view_drugs, view_flags, view_groups
from mspike.report.view.model import DisagreementView, Mark, PositionRow, QuestionRow, View
from mspike.report.view.options import view_legend, view_paths
from mspike.report.view.paper import mark_printed
from mspike.report.view.patient import in_scope, newest_data, view_because, view_lines, view_responses, view_strip
from mspike.report.view.quality import view_quality
from mspike.report.view.sources import Citations

__all__ = ["View", "view"]


def view(answer: Answer) -> View:
    """The view of one answer. Pure: the same answer gives the same view."""
    citations = Citations(answer)
    paths = view_paths(answer, citations)
    disagreements = tuple(
        DisagreementView(d.topic, d.record, tuple(view_position(p, citations) for p in d.positions))
        for d in answer.disagreements
    )
    return View(
        id=answer.id,
        as_of=answer.as_of,
        place=names.COUNTRIES.get(answer.country, answer.country),
        knowledge=answer.versions.get("knowledge", "unknown"),
        newest=newest_data(answer),
        headline=headline(answer.state),
        strip=view_strip(answer),
        in_scope=in_scope(answer),
        notes=tuple(answer.notes),
        sentence=state_sentence(answer.state),
        because=view_because(answer),
        lines=view_lines(answer),
        responses=view_responses(answer),
        drugs=view_drugs(answer),
        groups=view_groups(answer),
        flags=view_flags(answer),
        questions=tuple(QuestionRow(q.question, q.settles, q.options_affected, q.decides) for q in answer.questions),
        legend=view_legend(answer),
        options=len(answer.options),
        paths=paths,
        disagreements=disagreements,
        sources=mark_printed(citations.rows, paths, disagreements),
        versions=view_versions(answer),
        limits=tuple(answer.limits),
        quality=view_quality(answer),
    )


def view_position(position: Position, citations: Citations) -> PositionRow:
    if not position.tested:
        return PositionRow(position.says, citations.tag(position.source, position.status), Mark("none", "no test"))
    mark = tri_mark(position.met)
    word = {"yes": "met", "no": "not met", "unknown": "cannot tell"}[mark.state]
    return PositionRow(position.says, citations.tag(position.source, position.status), Mark(mark.state, word))


def view_versions(answer: Answer) -> tuple[tuple[str, str], ...]:
    """What made this answer, so that it can be made again."""
    rows = [("Record", answer.id), ("As of", answer.as_of), ("Labels of", answer.country)]
    rows += [(names.VERSION_NAMES.get(name, names.spelled(name)), version) for name, version in answer.versions.items()]
    knowledge = load_knowledge()
    usual = named_policies(knowledge, settle(knowledge))
    changed = {
        name: value
        for name, value in answer.policies.items()
        if name not in answer.versions and value != usual.get(name)
    }
    rows += [
        (names.POLICY_NAMES.get(name, words.capital(names.spelled(name))), value) for name, value in changed.items()
    ]
    return (*rows, ("Other policies", "default"))
