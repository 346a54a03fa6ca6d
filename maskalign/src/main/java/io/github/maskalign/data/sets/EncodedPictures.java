package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Encoded pictures in files, decoded to RGB on access. */
final class EncodedPictures implements Dataset {

  private final EncodedFiles files;
  private final ClassLabels labels;
  private final String kind;
  private final PictureDecoder decoder;

  /**
   * A set.
   *
   * @param kind detected format and location
   */
  EncodedPictures(EncodedFiles files, ClassLabels labels, String kind, PictureDecoder decoder) {
    this.files = files;
    this.labels = labels;
    this.kind = kind;
    this.decoder = decoder;
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public Picture picture(int sample) {
    return decoder.decode(file(sample), name(sample));
  }

  @Override
  public byte[] file(int sample) {
    try {
      return files.read(sample);
    } catch (IOException e) {
      throw new DamagedPictureException(name(sample), reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _, FileNotFoundException _ -> "is missing";
      case EOFException _ -> "is shorter than it was";
      default -> "cannot be read: " + e.getMessage();
    };
  }

  @Override
  public boolean hasLabels() {
    return labels.areKnown();
  }

  @Override
  public int label(int sample) {
    if (!hasLabels()) {
      throw new StateException("label: this picture set has no labels");
    }
    return labels.numbers()[sample];
  }

  @Override
  public List<String> classNames() {
    return labels.names();
  }

  @Override
  public String name(int sample) {
    return files.name(sample);
  }

  @Override
  public String sha256() {
    return files.sha256();
  }

  @Override
  public String toString() {
    return "%,d pictures, %s: %s; %s"
        .formatted(
            size(),
            hasLabels() ? labels.names().size() + " classes" : "no classes",
            kind,
            decoder.explanation());
  }
}
