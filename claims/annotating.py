"""What does an annotator need to see beside a captured text, and what is likely meant by words just selected?

Public: `Highlight`, `Hints`, `read_highlights`, `coverage_of`, `give_hints`, `marks_of`. Reading only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sources.anchoring import Span
from sources.models import DocumentVersion, Party
from sources.querysets import Viewer
from sources.segmenting import Mark, paragraphs_of
from sources.sentences import sentence_at, sentences_of

from .choices import EvidenceRole, Stance, Voice
from .coverage import Coverage, measure_coverage
from .finding import FoundClaim, find_claims, find_named_in
from .models import Claim, Evidence, Statement
from .reporting import choose_cue, find_cues, guess_manner

_HINTS = 8  # parties and claims offered
_LATELY = 400  # statements of a document among which the nearest speakers are looked for


@dataclass(frozen=True, slots=True)
class Highlight:
    """A live statement as its words are marked: `spans` are (start, end, role), the main words first."""

    uid: UUID
    stance: str
    who: str
    claim: str
    spans: list[tuple[int, int, str]]

    @property
    def description(self) -> str:
        """What it says, for those who hear the page."""
        return f"{self.who} {Stance(self.stance).label}: {self.claim}"


@dataclass(frozen=True, slots=True)
class Hints:
    """What may be meant by some words: guesses, for a person to take or leave."""

    span: Span
    sentence: Span
    manner: str
    cue: Span | None
    parties: list[Party]
    claims: list[FoundClaim]


def read_highlights(version: DocumentVersion) -> list[Highlight]:
    """Return the live statements whose words stand in this text, in its order, in two queries."""
    rows = list(
        Statement.objects.live()
        .filter(excerpt__version=version)
        .order_by("excerpt__start", "-excerpt__end", "uid")
        .values_list("pk", "uid", "stance", "voice", "speaker__label", "claim__text", "excerpt__start", "excerpt__end")
    )
    further: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    pieces = Evidence.objects.filter(excerpt__version=version, statement__is_live=True).order_by("pk")
    for statement, start, end, role in pieces.values_list("statement_id", "excerpt__start", "excerpt__end", "role"):
        further[statement].append((start, end, role))
    return [
        Highlight(
            uid=uid,
            stance=stance,
            who=speaker or Voice(voice).label,
            claim=claim,
            spans=[(start, end, EvidenceRole.CONTENT.value), *further.get(pk, [])],
        )
        for pk, uid, stance, voice, speaker, claim, start, end in rows
    ]


def marks_of(highlights: Sequence[Highlight]) -> list[Mark]:
    """Return the spans of all highlights, each under the place of its highlight in the sequence."""
    return [
        Mark(start, end, key, role)
        for key, highlight in enumerate(highlights)
        for start, end, role in dict.fromkeys(highlight.spans)
    ]


def coverage_of(version: DocumentVersion, sentences: Sequence[Span] | None = None) -> Coverage:
    """Return how much of a captured text lies inside evidence of live statements."""
    language = version.document.language
    pieces = Evidence.objects.filter(excerpt__version=version, statement__is_live=True)
    main = Statement.objects.live().filter(excerpt__version=version)
    places = [
        Span(start, end) for rows in (main, pieces) for start, end in rows.values_list("excerpt__start", "excerpt__end")
    ]
    found = sentences_of(version.text, language) if sentences is None else sentences
    return measure_coverage(version.text, found, places, language)


def give_hints(version: DocumentVersion, span: Span, viewer: Viewer) -> Hints:
    """Return what may be meant by the words at a span: how they are given, by whom, and which claim they make."""
    text, language = version.text, version.document.language
    start, end = _paragraphs_around(text, span)
    near = [Span(sentence.start + start, sentence.end + start) for sentence in sentences_of(text[start:end], language)]
    first, last = sentence_at(near, span.start), sentence_at(near, span.end - 1)
    sentence = Span((first or span).start, (last or span).end)
    cues = [
        Span(cue.start + sentence.start, cue.end + sentence.start)
        for cue in find_cues(text[sentence.start : sentence.end], language)
    ]
    words = text[span.start : span.end]
    return Hints(
        span=span,
        sentence=sentence,
        manner=guess_manner(text[start : span.start], words, text[span.end : end]).value,
        cue=choose_cue(cues, span),
        parties=_likely_parties(version, span, text[sentence.start : sentence.end], viewer),
        claims=_likely_claims(version, span, text[sentence.start : sentence.end]),
    )


def _paragraphs_around(text: str, span: Span) -> tuple[int, int]:
    """Return the paragraphs that hold the span, looked for within some thousand characters of it."""
    window = 5_000  # code points either side: no paragraph of prose is longer
    low, high = max(0, span.start - window), min(len(text), span.end + window)
    inside = [
        (start + low, end + low)
        for start, end in paragraphs_of(text[low:high])
        if start + low < span.end and end + low > span.start
    ]
    return inside[0][0], inside[-1][1]


def _likely_claims(version: DocumentVersion, span: Span, sentence: str) -> list[FoundClaim]:
    """Return the claims like the words; then, as far as there is room, those like the sentence, and those told before.

    “Whoever is doing it” is like no claim, and may well be about what was claimed in the sentence before.
    """
    by_words = find_claims(case=version.case, words=version.text[span.start : span.end], limit=_HINTS)
    by_sentence = find_claims(case=version.case, words=sentence, limit=_HINTS)
    before = (
        Statement.objects.live()
        .filter(excerpt__version=version, excerpt__start__lte=span.end)
        .order_by("-excerpt__start", "-pk")
        .values_list("claim_id", flat=True)[:_HINTS]
    )
    told = {
        claim.pk: claim for claim in Claim.objects.standing().select_related("question").filter(pk__in=list(before))
    }
    nearby = [FoundClaim(told[pk], 0.0) for pk in dict.fromkeys(before) if pk in told]
    ordered: dict[int, FoundClaim] = {}
    for one in (*by_words, *nearby[:2], *by_sentence, *nearby):
        ordered.setdefault(one.claim.pk, one)
    return list(ordered.values())[:_HINTS]


def _likely_parties(version: DocumentVersion, span: Span, sentence: str, viewer: Viewer) -> list[Party]:
    """Return the parties named in the sentence, then those who spoke last in this document, up to these words."""
    named = find_named_in(case=version.case, text=sentence, viewer=viewer, limit=_HINTS)
    nearby = (
        Statement.objects.live()
        .filter(excerpt__version=version, speaker__isnull=False, excerpt__start__lte=span.end)
        .order_by("-excerpt__start", "-pk")
        .values_list("speaker_id", flat=True)[:_LATELY]
    )
    spoke = list(dict.fromkeys(nearby))[:_HINTS]
    found = {party.pk: party for party in Party.objects.visible_to(viewer).filter(pk__in=spoke)}
    ordered = {party.pk: party for party in named} | {pk: found[pk] for pk in spoke if pk in found}
    return list(ordered.values())[:_HINTS]
