package io.github.maskalign.cli.eval;

import io.github.maskalign.data.Batch;
import java.io.IOException;

/** Receives the features of images batch by batch; its files appear when they are complete. */
interface FeatureFile extends AutoCloseable {

  /** The image of a row. */
  record Image(String name, String label, String className) {}

  /**
   * Adds the features of a batch.
   *
   * @param features [B, D]
   * @param images [B]
   */
  void add(Batch batch, float[] features, Image[] images) throws IOException;

  /** Completes the files. */
  void commit() throws IOException;

  /** Removes what is incomplete. */
  @Override
  void close() throws IOException;
}
