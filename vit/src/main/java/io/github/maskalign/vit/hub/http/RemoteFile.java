package io.github.maskalign.vit.hub.http;

import io.github.maskalign.vit.hub.name.ContentDigest;
import io.github.maskalign.vit.hub.name.RemotePath;

/**
 * A file of a repository at a commit.
 *
 * @param path in the repository
 * @param size of its content in bytes
 * @param digest of its content
 * @since 0.1.0
 */
public record RemoteFile(RemotePath path, long size, ContentDigest digest) {}
