package io.github.maskalign.vit.hub;

import io.github.maskalign.vit.hub.name.CommitId;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.nio.file.Path;

/**
 * A model in the cache.
 *
 * @param model what was asked for
 * @param commit what the revision meant
 * @param folder of its files
 * @param weights the file to open, in that folder: the weights, or the index of their shards
 * @since 0.1.0
 */
public record Snapshot(ModelReference model, CommitId commit, Path folder, Path weights) {}
