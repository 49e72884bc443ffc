"""Keeping what a file holds: in batches, each entry once, everything for the person alone.

A run that was stopped is run again: what is here already is left as it is and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Brought, Draft, NewLink, PastAction, Problem
from layers_core.i18n import gettext as _
from layers_reflect.kinds import ASIDE, EPISODE, WRITE
from layers_reflect.models import Aside
from layers_reflect.portfolio.brought import ids_here, key_of, out_of_sight
from layers_reflect.portfolio.drafting import as_quick_note, drafted, keepable
from layers_reflect.portfolio.enclosed import prepared
from layers_reflect.portfolio.episodes import gathering, parts
from layers_reflect.portfolio.events import PortfolioBrought
from layers_reflect.portfolio.interchange import Entry, LinkRecord, Refused, Report
from layers_reflect.portfolio.sources import Source

BATCH = 50
COPY_OF = "copy_of"
FILES_A_BATCH = 5
"""Contents are in memory until their batch is kept."""
Progress = Callable[[Report], None]


@dataclass(frozen=True)
class _Checked:
    """An entry that may be saved. `marked` says that words in it may identify somebody."""

    entry: Entry
    draft: Draft
    marked: bool


class Importer:
    """Brings one person's portfolio in. Raises CheckFailed or DoorFault where a plugin failed; batches before stay."""

    def __init__(self, service: ArtefactService, actor: Actor, progress: Progress = lambda report: None) -> None:
        """Take the person as they are in the practice to which the entries shall belong.

        Raises ValueError for somebody without an account.
        """
        if actor.person_id is None:
            raise ValueError("Only a person has a portfolio")
        self._service = service
        self._actor = actor
        self._person_id = actor.person_id
        self._progress = progress

    def bring(self, source: Source) -> Report:
        """Keep the entries of a file, then the links among them; gives what became of all.

        Raises Refused where nothing of the file can be read, or where the person may not write here.
        """
        if not self._actor.can(WRITE):
            raise Refused(_("%(name)s cannot write reflections in this practice now", name=self._actor.name))
        report = Report()
        linked = gathered = False
        try:
            for batch in _batches(source.entries(report)):
                linked = linked or any(entry.links for entry in batch)
                gathered = gathered or any(entry.kind == EPISODE for entry in batch)
                self._keep([entry for entry in batch if entry.kind != EPISODE], report)
                self._progress(report)
        except Refused as refused:
            if not report.read:
                raise
            report.note(_("the rest of the file"), _("after entry %(number)s", number=report.read), str(refused))
        if gathered:
            self._keep_episodes(source, report)
        if linked:
            self._link_all(source, report)
        if report.kept:
            with self._service.unit(self._actor) as unit:
                unit.event(PortfolioBrought(entries=report.kept))
        return report

    def _keep_episodes(self, source: Source, report: Report) -> None:
        """Keep what gathers other entries, once these are here and have the keys that they keep."""
        again = source.entries(Report())
        try:
            for batch in _batches(again):
                episodes = [entry for entry in batch if entry.kind == EPISODE]
                with self._service.database.read() as session:
                    here = ids_here(session, self._person_id, {key for entry in episodes for key in parts(entry)})
                self._keep([gathering(entry, here, report) for entry in episodes], report)
                self._progress(report)
        except Refused:
            # Where the file breaks was noted when it was read the first time.
            return

    def _keep(self, batch: Sequence[Entry], report: Report) -> None:
        noted = len(report.not_understood)
        try:
            self._keep_once(batch, report)
        except IntegrityError:
            # The same file is being brought at this moment by another run, which was first with one of these.
            del report.not_understood[noted:]
            self._keep_once(batch, report)

    def _keep_once(self, batch: Sequence[Entry], report: Report) -> None:
        with self._service.database.read() as session:
            kept = ids_here(session, self._person_id, {entry.id for entry in batch})
            hidden = out_of_sight(session, kept.values())
        known = set(kept)
        new: list[_Checked] = []
        here = 0
        for found in batch:
            if found.id in known:
                here += 1
                if kept.get(found.id) in hidden:
                    why = _("You took it out of sight here. Look under “Your things” to let it be seen again")
                    report.note(found.title, found.id.urn, why)
                continue
            known.add(found.id)
            entry = keepable(found, report)
            if checked := self._checked(entry, report):
                new.append(self._with_files(checked, report))
        with self._service.unit(self._actor) as unit:
            for item in new:
                self._add(unit, item)
        report.here_already += here
        report.kept += len(new)
        report.marked += sum(item.marked for item in new)

    def _checked(self, entry: Entry, report: Report) -> _Checked | None:
        """The draft of an entry as it was; where that cannot be kept, a quick note that says the same."""
        place = entry.id.urn
        draft = drafted(entry, report)
        if draft is not None:
            try:
                return _Checked(entry, draft, self._is_marked(draft))
            except DraftRefused as refused:
                report.note(entry.title[:100], place, _refusal(refused))
        try:
            draft = as_quick_note(entry)
            return _Checked(entry, draft, self._is_marked(draft))
        except DraftRefused as refused:
            report.note(entry.title[:100], place, _refusal(refused))
            return None

    def _with_files(self, item: _Checked, report: Report) -> _Checked:
        if not item.entry.files:
            return item
        with self._service.database.read() as session:
            files = prepared(session, item.entry, report)
        return replace(item, draft=replace(item.draft, attachments=files))

    def _is_marked(self, draft: Draft) -> bool:
        """Check a draft as every save is checked. Marked words stop nobody: what comes in is seen by its writer alone.

        Raises DraftRefused, CheckFailed.
        """
        try:
            self._service.check(self._actor, draft)
        except GuardStop:
            # The guard is asked last: everything else is in order.
            return True
        except NotAllowed as error:
            raise DraftRefused([Problem(_("This kind of entry is not used in this practice"))]) from error
        return False

    def _add(self, unit: Unit, item: _Checked) -> None:
        entry = item.entry
        actions = tuple(
            PastAction(
                action.expectation,
                action.due_on,
                action.outcome,
                action.what_happened,
                action.created_at,
                action.closed_at,
            )
            for action in entry.actions
        )
        thing = unit.add(item.draft, Brought(entry.created_at, entry.updated_at, actions))
        unit.once(str(self._person_id), key_of(entry.id), thing.id)

    def _link_all(self, source: Source, report: Report) -> None:
        # What is wrong with the file was noted when it was read the first time.
        again = source.entries(Report())
        try:
            for batch in _batches(again):
                with self._service.unit(self._actor) as unit:
                    self._link_batch(unit, [entry for entry in batch if entry.links], report)
        except Refused:
            return

    def _link_batch(self, unit: Unit, batch: Sequence[Entry], report: Report) -> None:
        wanted = {entry.id for entry in batch} | {link.to for entry in batch for link in entry.links}
        here = ids_here(unit.session, self._person_id, wanted)
        for entry in batch:
            if entry.id in here:
                for link in entry.links:
                    self._link(unit, entry, link, here, report)

    def _link(self, unit: Unit, entry: Entry, link: LinkRecord, here: Mapping[UUID, UUID], report: Report) -> None:
        mine, other = here[entry.id], here.get(link.to, link.to)
        try:
            if link.type == COPY_OF or (link.reverse and link.to not in here):
                raise LookupError("A file says nothing of what others wrote, and makes nothing a copy")
            unit.link(mine, NewLink(link.type, other, link.reverse), quiet=True)
        except LookupError:
            why = _("What it belongs to is not here, or cannot be seen")
            report.note(_("link: %(type)s", type=link.type), entry.id.urn, why)
            return
        report.links += 1
        if entry.kind == ASIDE and link.type == "prompted_by" and link.to in here:
            beside = select(Aside.artefact_id).where(Aside.artefact_id == mine)
            if unit.session.scalar(beside) is None:
                unit.session.add(Aside(artefact_id=mine, note_id=other))
                unit.session.flush()


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Entries in batches. Where the file breaks, what came before is given first, then Refused is raised."""
    batch: list[Entry] = []
    try:
        for entry in entries:
            batch.append(entry)
            if len(batch) == BATCH or sum(len(kept.files) for kept in batch) >= FILES_A_BATCH:
                yield batch
                batch = []
    except Refused:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _refusal(refused: DraftRefused) -> str:
    return "; ".join(dict.fromkeys(str(problem.message) for problem in refused.problems))
