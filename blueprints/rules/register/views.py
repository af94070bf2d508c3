"""The register's pages: the list and its search, a version, two versions side by side, every step; the prohibitions."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape

from blueprints.rules.register import domain, queries
from blueprints.rules.register.domain import CHANGE_LABELS, EDITORS, EVENT_LABELS, EXPLAINED, LABELS, WORKFLOW
from blueprints.rules.register.forms import STEP_FORMS, DescribeForm, FilterForm, RuleForm, TextForm, begin
from blueprints.rules.register.models import Rule, Version, load, load_article, load_version, shown
from core.forms import ChangeForm
from core.pages import found, language, page
from core.permissions import allow
from core.questions import Question, ask, sends
from core.texts import plain
from core.workflow import Step

bp = Blueprint("register", __name__, url_prefix="/rules")
bp.add_app_template_global(domain.article_name, "article_name")

_STEPS = ", ".join(step.action for step in WORKFLOW if step.action != "replace")


@bp.app_template_filter("cited")
def _cited(text: str) -> Markup:
    """A text in which 制度第3号第二条 and "rule 3, article 2" are links, where this person may see that rule."""
    pieces = list(domain.citations(text))
    known = queries.cited_here(g.viewer) if len(pieces) > 1 and g.viewer else {}
    return Markup("").join(_link(each) if each.rule in known else escape(each.text) for each in pieces)


def _link(cited: domain.Cited) -> Markup:
    anchor = f"article-{cited.article}" if cited.article else None
    return Markup('<a href="{}">{}</a>').format(url_for("register.show", number=cited.rule, _anchor=anchor), cited.text)


@bp.get("/")
@allow("rules.read")
def listed() -> ResponseReturnValue:
    """The register: what stands now, unless something else is asked for."""
    editor = g.viewer.role in EDITORS
    form = FilterForm(editor, request.args)
    listing = queries.listed(g.viewer, form.wanted(), request.args.get("after", ""))
    return page(
        "rules/register/list.html", block="list", form=form, listing=listing, labels=plain(LABELS), editor=editor
    )


@bp.get("/<id:number>")
@allow("rules.read")
def show(number: int) -> ResponseReturnValue:
    """A rule, in the version that stands; `number` is its number in the register."""
    rule = found(load(number, g.viewer))
    return _page("rule", rule, found(shown(rule, g.viewer)))


@bp.get("/<id:number>/<id:ordinal>")
@allow("rules.read")
def version(number: int, ordinal: int) -> ResponseReturnValue:
    """A certain version of a rule."""
    rule = found(load(number, g.viewer))
    return _page("rule", rule, found(load_version(rule, ordinal, g.viewer)))


def _page(name: str, rule: Rule, version: Version) -> Response:
    return page(
        f"rules/register/{name}.html",
        rule=rule,
        version=version,
        text=version.text(),
        versions=rule.versions(g.viewer),
        earlier=queries.other_version(rule, version, g.viewer),
        steps=rule.steps(version, g.viewer),
        editor=g.viewer.role in EDITORS,
        timeline=queries.timeline(rule.thread, EVENT_LABELS) if g.viewer.role in EDITORS else (),
        labels=plain(LABELS),
    )


@bp.get("/<id:number>/<id:ordinal>/print")
@allow("rules.read")
def print_version(number: int, ordinal: int) -> ResponseReturnValue:
    """A version for paper."""
    rule = found(load(number, g.viewer))
    return _page("print", rule, found(load_version(rule, ordinal, g.viewer)))


@bp.get("/<id:number>/<id:ordinal>/from/<id:old>")
@allow("rules.read")
def compare(number: int, ordinal: int, old: int) -> ResponseReturnValue:
    """Two versions side by side, article by article, with what changed marked."""
    rule = found(load(number, g.viewer))
    new, before = (found(load_version(rule, each, g.viewer)) for each in (ordinal, old))
    about: dict[str, Any] = {"rule": rule, "version": new, "earlier": before, "versions": rule.versions(g.viewer)}
    pairs, changes = domain.compare(before.text(), new.text()), plain(CHANGE_LABELS)
    return page("rules/register/compare.html", pairs=pairs, changes=changes, labels=plain(LABELS), **about)


@bp.get("/articles/<id:id>")
@allow("rules.read")
def article(id: int) -> ResponseReturnValue:
    """The place of an article that something else cites, in the very version that is cited."""
    rule, version, number = found(load_article(id, g.viewer))
    return redirect(url_for(".version", number=rule, ordinal=version, _anchor=f"article-{number}"), 303)


# --- writing -------------------------------------------------------------------------------------------------------


@bp.get("/new")
@allow("rules.edit")
def ask_new() -> ResponseReturnValue:
    """An empty rule."""
    return page("rules/register/new.html", form=RuleForm())


@bp.post("/new")
@allow("rules.edit")
def new() -> ResponseReturnValue:
    """Keep a new rule as a draft; or show first how its text is taken apart."""
    form = RuleForm()
    form.read()
    if not form.validate_on_submit():
        return page("rules/register/new.html", status=422, form=form)
    if _looks(form):
        return page("rules/register/new.html", form=form, preview=form.parsed)
    rule = Rule.enter(form.data, form.parsed, by=g.viewer)
    flash(_("The draft is kept. Nobody but clerks and leaders sees it."), "success")
    return redirect(url_for(".show", number=rule.serial), 303)


def _looks(form: TextForm) -> bool:
    """Whether the text is only looked at: asked for, or always where it came out of a file."""
    return form.came_from_file or "look" in request.form


@bp.route("/<id:number>/describe", methods=["GET", "POST"])
@allow("rules.edit")
def describe(number: int) -> ResponseReturnValue:
    """Correct title, number, kind or the body that issued it."""
    rule = found(load(number, g.viewer, to_move=sends()))
    form = DescribeForm(obj=None if sends() else rule)
    form.rule = rule.id
    back = url_for(".show", number=number)
    title = _("Change title or number")
    return ask(Question(title, form, rule, back, lambda: rule.describe(form.data, by=g.viewer), _way(rule)))


@bp.route(f"/<id:number>/<id:ordinal>/<any({_STEPS}):action>", methods=["GET", "POST"])
@allow("rules.edit")
def move(number: int, ordinal: int, action: str) -> ResponseReturnValue:
    """Every button of a version: what it asks for, then the step; the table decides."""
    step, form = WORKFLOW.step(action), _form(WORKFLOW.step(action))
    rule = found(load(number, g.viewer, to_move=sends()))
    version = found(load_version(rule, ordinal, g.viewer))
    begin(form, rule, version, fresh=not sends())
    question = Question(
        step.label,
        form,
        rule,
        url_for(".version", number=number, ordinal=ordinal),
        lambda: rule.move(version, action, _values(form), by=g.viewer),
        crumbs=_way(rule),
        open=step in rule.steps(version, g.viewer),
        explained=plain(EXPLAINED).get(action, ""),
        changes=lambda since: queries.timeline(rule.thread, EVENT_LABELS, since=since),
        template="rules/register/edit.html" if isinstance(form, TextForm) else "question.html",
    )
    if isinstance(form, TextForm) and sends() and _looks(form) and question.open and form.validate_on_submit():
        return question.draw(preview=form.parsed)
    return ask(question)


def _form(step: Step) -> ChangeForm:
    form = STEP_FORMS[step.asks]()
    if isinstance(form, TextForm) and sends():
        form.read()
    return form


def _values(form: ChangeForm) -> dict[str, Any]:
    return {**form.data, "parsed": form.parsed} if isinstance(form, TextForm) else form.data


def _way(rule: Rule) -> tuple[tuple[Any, str], ...]:
    return (_("Rules"), url_for(".listed")), (rule.named[language()], url_for(".show", number=rule.serial))


# --- the five prohibitions -----------------------------------------------------------------------------------------


@bp.get("/prohibitions")
@allow("public")
def prohibitions() -> ResponseReturnValue:
    """The five prohibitions: what is forbidden, examples, what to do in doubt, and where to report."""
    report = "reports.new" if "reports.new" in current_app.view_functions else "letterbox.new"
    five, in_force = domain.prohibitions(), queries.five_in_force()
    return page("rules/register/prohibitions.html", five=five, in_force=in_force, report=url_for(report))
