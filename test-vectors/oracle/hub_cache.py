"""Reads a cache of models as Python's libraries do: hub_cache.py CACHE REPOSITORY [LOADER [NAME]]

Prints what huggingface_hub finds in a cache that this library has written, and loads a model from it
offline, by transformers (LOADER auto, the default) or by timm (LOADER timm). With FOLDER in place of
REPOSITORY and LOADER seed, it writes a cache that this library can read: the files of the folder, as
if they had been downloaded from the repository NAME (local/FOLDER if there is none).
"""

import hashlib
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"


def main():
    cache, repository = Path(sys.argv[1]), sys.argv[2]
    loader = sys.argv[3] if len(sys.argv) > 3 else "auto"
    if loader == "seed":
        folder = Path(repository)
        seed(cache, folder, sys.argv[4] if len(sys.argv) > 4 else f"local/{folder.name}")
        return
    import huggingface_hub

    info = huggingface_hub.scan_cache_dir(cache)
    for warning in info.warnings:
        print("warning:", warning)
    for repo in sorted(info.repos, key=lambda each: each.repo_id):
        for revision in repo.revisions:
            refs = ", ".join(sorted(revision.refs))
            print(repo.repo_id, revision.commit_hash, refs, len(revision.files), "files")
    print(huggingface_hub.snapshot_download(repository, cache_dir=cache, local_files_only=True))
    if loader == "timm":
        import timm

        model = timm.create_model("hf_hub:" + repository, pretrained=True, cache_dir=cache)
    else:
        import transformers

        model = transformers.AutoModel.from_pretrained(repository, cache_dir=cache)
    print(type(model).__name__, sum(p.numel() for p in model.parameters()), "parameters")
    if info.warnings:
        sys.exit("the scan has warnings")


def seed(cache, folder, name):
    """By the functions of huggingface_hub itself, except for the requests."""
    from huggingface_hub import file_download as hub

    commit = hashlib.sha1(name.encode()).hexdigest()
    root = cache / hub.repo_folder_name(repo_id=name, repo_type="model")
    (root / "blobs").mkdir(parents=True, exist_ok=True)
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        content = file.read_bytes()
        large = len(content) > 1 << 20
        head = b"" if large else b"blob %d\0" % len(content)
        digest = (hashlib.sha256 if large else hashlib.sha1)(head + content).hexdigest()
        blob = root / "blobs" / digest
        blob.write_bytes(content)
        pointer = root / "snapshots" / commit / file.name
        pointer.parent.mkdir(parents=True, exist_ok=True)
        hub._create_symlink(str(blob), str(pointer), new_blob=True)
    hub._cache_commit_hash_for_specific_revision(str(root), "main", commit)
    print(f"hf:{name}@{commit}")


if __name__ == "__main__":
    main()
