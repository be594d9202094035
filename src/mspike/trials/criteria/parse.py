"""A trial's texts → criteria. Every bullet comes out: read as rules, or kept as text with status unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

import msgspec

from mspike.trials.criteria.across import one_measurable, several_values
from mspike.trials.criteria.canon import Plain, unmarked
from mspike.trials.criteria.doubt import doubted, own_disease, own_stage
from mspike.trials.criteria.leads import (
    ALL_OF,
    ALSO,
    ANY_OF,
    ASKED,
    DEFINES,
    DENIES,
    LEADS,
    LETS_IN,
    MEANS_A_LIMIT,
    MEETS,
    NO_FIRST,
    NONE_OF,
    OR_FIRST,
    OR_LAST,
    OTHER_DISEASE,
    words,
)
from mspike.trials.criteria.model import Cohort, Criterion, Evidence, Found, Parsed, snapshot_words
from mspike.trials.criteria.readers import HEADLINE, READERS, read_sentence
from mspike.trials.criteria.scope import ARM_RULE, prefix_cohorts, scoped_elsewhere
from mspike.trials.criteria.sentence import BARRED, Sentence, sentences
from mspike.trials.criteria.split import Bullet, number_bullets, split
from mspike.trials.criteria.vocabulary import diseases
from mspike.trials.sources.values import age_years
from mspike.trials.trial import Side, Text, Trial

LONGEST = 20_000
"""Characters of one bullet that the readers look at; the rest is kept as text."""


def parse_criteria(trial: Trial) -> Parsed:
    """Reads title, summary and eligibility texts. Never raises for what a text says."""
    texts = {text.field: text for text in (*trial.headings, *trial.texts)}
    bullets: list[Bullet] = []
    for text in trial.texts:
        bullets += split(text, len(bullets))[0]
    number_bullets(bullets)
    criteria = [*_limits(trial), *_headlines(trial.headings), *_Reading(bullets, texts).criteria()]
    criteria = one_measurable(several_values(criteria))
    own = {named.word for title in (trial.title, trial.official_title) for named in diseases().find(title)}
    taken = [c.evidence.quote for c in criteria if c.side == "inclusion"]
    stages = " ".join((trial.title, trial.official_title, *taken))
    criteria = [own_stage(own_disease(criterion, own), stages) for criterion in criteria]
    cohorts = tuple(dict.fromkeys(name for criterion in criteria for name in criterion.cohorts))
    return Parsed(
        nct_id=trial.id,
        title=trial.title or trial.official_title,
        snapshot=snapshot_words(trial.snapshot, trial.updated),
        completeness="partial" if trial.texts else "none",
        cohorts=tuple(Cohort(id=name) for name in cohorts or ("all",)),
        criteria=tuple(criteria),
    )


def _limits(trial: Trial) -> Iterator[Criterion]:
    """What the record's own fields say of age and sex."""
    for number, text in enumerate(trial.limits, 1):
        years = age_years(text.text)
        evidence = Evidence(field=text.field, start=0, end=len(text.text), quote=text.text)
        if years is None:
            fact, op, value, unit = "sex", "=", text.text.lower(), ""
        else:
            low = text.field.lower().startswith("min")
            fact, op, unit = "age", ">=" if low else "<=", "years"
            value = int(years) if years.is_integer() else years  # type: ignore[assignment]
        yield Criterion(
            id=f"R{number}", side="inclusion", fact=fact, op=op, value=value, unit=unit, evidence=evidence,
            extractor="record/1", confidence="exact",
        )  # fmt: skip


def _headlines(texts: Iterable[Text]) -> Iterator[Criterion]:
    """Title and summary: only what they state outright; nothing of them is kept as a criterion."""
    for text in texts:
        letter = "T" if text.field == "officialTitle" else "S"
        plain, count = Plain(unmarked(text.text[:LONGEST])), 0
        for sentence in sentences(plain, "inclusion", "", ""):
            if letter == "S" and not re.search(r"\b(?:prior|previous|received)\b", sentence.text):
                continue
            for name in HEADLINE:
                for found in READERS[name](sentence):
                    if found.fact == "exposed" and not re.search(
                        r"\b(?:received|prior|previously)\b", sentence.text, re.IGNORECASE
                    ):
                        continue
                    if letter == "S" and found.fact != "prior_lines":
                        continue
                    count += 1
                    found.inferred = found.inferred or letter == "S"
                    read = _criterion(
                        found, f"{letter}{count}", "inclusion", ("all",), _evidence(text, sentence), name, None
                    )
                    yield doubted(read, "")


class _Reading:
    """The bullets of one record, with what stands above and below each."""

    def __init__(self, bullets: list[Bullet], texts: dict[str, Text]) -> None:
        self.bullets, self.texts = bullets, texts
        self.clean = {field: unmarked(text.text) for field, text in texts.items()}
        self.plains = [Plain(self.clean[b.field][b.start : min(b.end, b.start + LONGEST)], b.start) for b in bullets]
        self.children: dict[int, list[int]] = {}
        for index, bullet in enumerate(bullets):
            if bullet.parent is not None:
                self.children.setdefault(bullet.parent, []).append(index)
        barred = [index for index, bullet in enumerate(bullets) if bullet.side == "exclusion"]
        denied = sum(bool(DENIES.match(self.plains[index].text)) for index in barred)
        self.denying = denied > 2 and denied * 3 > len(barred)

    def criteria(self) -> Iterator[Criterion]:
        for index, bullet in enumerate(self.bullets):
            found = list(self._bullet(index, bullet))
            several = (
                sum(item.status != "unknown" for item in found) + sum(item.status == "unknown" for item in found) > 1
            )
            for count, item in enumerate(found):
                yield msgspec.structs.replace(item, id=item.id + _letters(count)) if several else item

    def _bullet(self, index: int, bullet: Bullet) -> Iterator[Criterion]:
        text, plain = self.texts[bullet.field], self.plains[index]
        above, side, group, loose = self._above(index)
        below = " ".join(self.plains[child].text[:400] for child in self.children.get(index, ())[:8])
        if side is None:
            yield self._kept(bullet, bullet.start, bullet.end)
            return
        denied = False
        if side == "exclusion" and DENIES.match(plain.text) and (self.denying or not NO_FIRST.match(plain.text)):
            side, denied = "inclusion", True
        group, below = group or self._other_way(index, side), f"{below} {self._after(index)}"
        cohorts, carried, kept = bullet.cohorts, "", -1
        parts = list(sentences(plain, side, above, below))
        for number, sentence in enumerate(parts):
            joined = side == "inclusion" and any(OR_FIRST.match(part.text) for part in parts[number : number + 2])
            own = prefix_cohorts(sentence.text)
            scope = cohorts = own or cohorts
            when = scoped_elsewhere(sentence.text, scope) or carried or loose
            if ARM_RULE.search(sentence.text):
                carried = when
            read = [pair for pair in read_sentence(sentence) if not (denied and pair[1].fact in ASKED)]
            strong = [pair for pair in read if pair[0] != "remarks/1"]
            evidence = _evidence(text, sentence)
            if not read and re.fullmatch(r"\W*(?:or|and|and/or)?\W*", sentence.text, re.IGNORECASE):
                continue
            if not read:
                kept = evidence.start if kept < 0 else kept
                reached = evidence.end
                continue
            if kept >= 0:
                yield self._kept(bullet, kept, reached)
                kept = -1
            for name, found in strong or read:
                found.inferred = found.inferred or (denied and bool(NO_FIRST.match(plain.text)))
                if when and found.when is None:
                    found.when = when
                if found.when is None:
                    found.when = sentence.condition(found.start, found.end)
                if found.unless is None:
                    found.unless = sentence.exception(found.start, found.end)
                way = None if found.alone else group or (bullet.id if joined else None)
                one = _criterion(found, bullet.id, bullet.side, scope, evidence, name, way)
                yield doubted(one, sentence.lead)
        if kept >= 0:
            yield self._kept(bullet, kept, reached)
        if bullet.end - bullet.start > LONGEST:
            yield self._kept(bullet, bullet.start + LONGEST, bullet.end)

    def _other_way(self, index: int, side: Side) -> str | None:
        """The id for a bullet that ends in "or", and for the one after it."""
        for one in (index - 1, index):
            other = self.bullets[one + 1] if 0 <= one < len(self.bullets) - 1 else None
            if other is None or side != "inclusion" or self.bullets[one].side != other.side:
                continue
            if self.bullets[one].indent == other.indent and OR_LAST.search(self.plains[one].text.rstrip()):
                return self.bullets[one].id
        return None

    def _after(self, index: int) -> str:
        """The next bullet, where it lets in what this one bars: they speak of the same thing."""
        if index + 1 >= len(self.bullets) or self.bullets[index + 1].parent == index:
            return ""
        here, after = self.plains[index].text, self.plains[index + 1].text[:250]
        if self.bullets[index + 1].field != self.bullets[index].field or not ALSO.search(after):
            return ""
        shared = words(here) & words(after)
        return after if shared else ""

    def _above(self, index: int) -> tuple[str, Side | None, str | None, str]:
        """(texts above, side to read it on or None for "not to be read", id of a group of alternatives, loose lead)."""
        bullet = self.bullets[index]
        side: Side | None = bullet.side
        group, texts, seen, loose = None, [], index, ""
        while (parent := self.bullets[seen].parent) is not None:
            lead = self.plains[parent].text[-700:]
            texts.append(lead)
            if LEADS.search(lead.strip()):
                if (
                    side is not None and LETS_IN.search(lead) and not BARRED.search(lead) and not MEETS.search(lead)
                ) or re.search(r"\b(?:unless|except\w*|exceptions?)\b[^.]*$", lead, re.IGNORECASE):
                    side = None
                elif side == "inclusion" and NONE_OF.search(lead[-200:]):
                    side = "exclusion"
                if not loose and DEFINES.search(lead) and not MEANS_A_LIMIT.search(lead):
                    loose = lead.strip()[-200:]
                if not loose and OTHER_DISEASE.search(lead) and not re.search(r"myeloma|\bMM\b", lead, re.IGNORECASE):
                    loose = lead.strip()[-200:]
                if (side == "inclusion" and ANY_OF.search(lead) and not ALL_OF.search(lead[-80:])) or (
                    side == "exclusion" and ALL_OF.search(lead)
                ):
                    group = self.bullets[parent].id
            elif re.search(r"\b(?:either|one of)\b", lead, re.IGNORECASE) and side == "inclusion":
                group = self.bullets[parent].id
            seen = parent
        for before in range(index - 1, max(-1, index - 7), -1):
            other = self.bullets[before]
            lead = self.plains[before].text
            if other.field != bullet.field or other.side != bullet.side:
                break
            measurable = re.search("measur[ae]ble", lead, re.IGNORECASE)
            beside = other.indent == bullet.indent and other.parent == bullet.parent
            if (beside or measurable) and LEADS.search(lead.strip()) and before not in self.children:
                texts.append(lead[-700:])
                if ANY_OF.search(lead) and bullet.side == "inclusion" and not measurable:
                    loose = loose or lead.strip()[-200:]
                break
        return " ".join(reversed(texts)), side, group, loose

    def _kept(self, bullet: Bullet, start: int, end: int) -> Criterion:
        quote = self.texts[bullet.field].text[start:end]
        return Criterion(
            id=bullet.id, cohorts=bullet.cohorts, side=bullet.side, fact="text",
            evidence=Evidence(field=bullet.field, start=start, end=end, quote=quote), extractor="kept/1",
            confidence="none", status="unknown",
        )  # fmt: skip


def _evidence(text: Text, sentence: Sentence) -> Evidence:
    bare = sentence.text.strip()
    first = sentence.text.find(bare)
    start, end = sentence.place(first, first + len(bare))
    return Evidence(field=text.field, start=start, end=end, quote=text.text[start:end])


def _criterion(
    found: Found, id_: str, side: Side, cohorts: tuple[str, ...], evidence: Evidence, extractor: str, group: str | None
) -> Criterion:
    tied = found.when is not None or found.unless is not None or group is not None
    doubt = "the words can be read in another way" if tied and found.inferred else ""
    confidence = "conditional" if tied else "inferred" if found.inferred or side == "unstated" else "exact"
    return Criterion(
        id=id_, cohorts=cohorts, side=side, fact=found.fact, op=found.op, value=found.value, unit=found.unit,
        about=found.about, when=found.when, unless=found.unless, any_of=group, evidence=evidence, extractor=extractor,
        doubt=doubt, confidence=confidence,  # type: ignore[arg-type]
    )  # fmt: skip


def _letters(count: int) -> str:
    return ascii_lowercase[count] if count < 26 else f"z{count - 25}"
