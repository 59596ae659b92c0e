"""What an audit asks, of whom, and what it leaves out."""

from msgspec import Struct

from hobd.cli.checks import a_url
from hobd.cli.found import Found
from hobd.cli.grammar.declare import option, options
from hobd.cli.options.choices import AUDIT_OUTPUT_FORMAT, VULNERABILITY_SERVICE_FORMAT

AUDIT = (
    option("output-format", choices=AUDIT_OUTPUT_FORMAT, default="text"),
    options("ignore"),
    options("ignore-until-fixed"),
    option("service-format", choices=VULNERABILITY_SERVICE_FORMAT, default="osv"),
    option("service-url", check=a_url),
)


class AuditOptions(Struct, frozen=True, kw_only=True):
    """The options of an audit."""

    output_format: str = "text"
    ignore: tuple[str, ...] = ()
    ignore_until_fixed: tuple[str, ...] = ()
    service_format: str = "osv"
    service_url: str | None = None


def read_audit(found: Found) -> AuditOptions:
    """The options of an audit."""
    return AuditOptions(
        output_format=found.word("output-format"),
        ignore=found.texts("ignore"),
        ignore_until_fixed=found.texts("ignore-until-fixed"),
        service_format=found.word("service-format"),
        service_url=found.text("service-url"),
    )
