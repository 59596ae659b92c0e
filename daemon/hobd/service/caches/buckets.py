"""The folders of the cache that rooms and stories keep for themselves, beside the store's."""

from hobd.core.vocab.cache_item import CacheKind
from hobd.environments.register import FOLDER as KNOWN_ENVIRONMENTS
from hobd.service.cache_folders import ACCOUNTS, ANSWERS, ARCHIVES, BUILT, ENVIRONMENTS, GIT, OVERLAYS, SCRIPTS
from hobd.store.inventory import Bucket

BUCKETS = (
    Bucket(ENVIRONMENTS, CacheKind.ENVIRONMENT, shares_files=True),
    Bucket(OVERLAYS, CacheKind.OVERLAY, shares_files=True),
    Bucket(BUILT, CacheKind.BUILD, 2),
    Bucket(ARCHIVES, CacheKind.ARCHIVE),
    Bucket(ANSWERS, CacheKind.ANSWER, 2),
    Bucket(f"{GIT}/db", CacheKind.REPOSITORY),
    Bucket(f"{GIT}/checkouts", CacheKind.REPOSITORY, 2),
    Bucket(SCRIPTS, CacheKind.SCRIPT),
    Bucket(ACCOUNTS, CacheKind.RECORD),
    Bucket(KNOWN_ENVIRONMENTS, CacheKind.RECORD),
)
