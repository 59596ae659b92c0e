"""`hob publish`."""

from msgspec import Struct

from hobd.cli.checks import a_check_url, a_url
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import BARE_BOOLEANS, KEYRING_PROVIDER_TYPE, TRUSTED_PUBLISHING
from hobd.cli.options.globals import GlobalOptions, read_globals

_SKIP_EXISTING = (
    "`hob publish` does not support `--skip-existing` because there is not a reliable way to identify when an upload fails due to an "
    "existing distribution. Instead, use `--check-url` to provide the URL to the simple API for your index. "
    "hob will check the index for existing distributions before attempting uploads."
)


class Publish(Struct, frozen=True, kw_only=True):
    """`hob publish`: upload distributions to an index."""

    general: GlobalOptions
    files: tuple[str, ...] = ()
    index: str | None = None
    username: str | None = None
    password: str | None = None
    token: str | None = None
    trusted_publishing: str | None = None
    keyring_provider: str | None = None
    publish_url: str | None = None
    check_url: str | None = None
    dry_run: bool = False
    no_attestations: bool = False


def _read_publish(found: Found) -> Publish:
    return Publish(
        general=read_globals(found),
        files=found.texts("files"),
        index=found.text("index"),
        username=found.text("username"),
        password=found.text("password"),
        token=found.text("token"),
        trusted_publishing=found.text("trusted-publishing"),
        keyring_provider=found.text("keyring-provider"),
        publish_url=found.text("publish-url"),
        check_url=found.text("check-url"),
        dry_run=found.flag("dry-run"),
        no_attestations=found.flag("no-attestations"),
    )


PUBLISH = Command(
    name="publish",
    arguments=(
        positionals("files", default="dist/*"),
        option("index", variable="UV_PUBLISH_INDEX", conflicts=("publish-url", "check-url")),
        option("username", "u", variable="UV_PUBLISH_USERNAME", hides_value=True),
        option("password", "p", variable="UV_PUBLISH_PASSWORD", hides_value=True),
        option("token", "t", variable="UV_PUBLISH_TOKEN", hides_value=True, conflicts=("username", "password")),
        option("trusted-publishing", choices=TRUSTED_PUBLISHING),
        option("keyring-provider", variable="UV_KEYRING_PROVIDER", choices=KEYRING_PROVIDER_TYPE),
        option("publish-url", variable="UV_PUBLISH_URL", hides_value=True, check=a_url),
        option("check-url", variable="UV_PUBLISH_CHECK_URL", hides_value=True, check=a_check_url),
        flag("skip-existing", is_hidden=True, refused=_SKIP_EXISTING),
        flag("dry-run"),
        flag("no-attestations", variable="UV_PUBLISH_NO_ATTESTATIONS", choices=BARE_BOOLEANS),
    ),
    hidden_globals=("offline",),
    texts="publish",
    read=_read_publish,
)
