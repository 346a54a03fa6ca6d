package io.github.maskalign.data.file;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Encoded pictures in files, decoded to RGB on access. */
public final class EncodedPictures implements Dataset {

  private final EncodedFiles files;
  private final ClassLabels labels;
  private final String kind;
  private final DatasetNotes notes;
  private final PictureDecoder decoder;

  /**
   * A set.
   *
   * @param kind detected format and location
   * @param notes what was noticed when the set was opened
   */
  public EncodedPictures(
      EncodedFiles files,
      ClassLabels labels,
      String kind,
      DatasetNotes notes,
      PictureDecoder decoder) {
    this.files = files;
    this.labels = labels;
    this.kind = kind;
    this.notes = notes;
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
    } catch (IOException | InvalidPathException e) {
      throw new DamagedPictureException(name(sample), reason(e), e);
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(name(sample) + ": reading the file", e);
    }
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "is missing";
      case AccessDeniedException _ -> "cannot be read: permission denied";
      case FileSystemException failed when failed.getReason() != null -> failed.getReason();
      case EOFException _ -> "is shorter than it was";
      case InvalidPathException invalid -> "is not a possible file name: " + invalid.getReason();
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
      throw new StateException("label: this data set has no labels");
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
  public DatasetNotes notes() {
    return notes;
  }

  @Override
  public String sha256() {
    return files.sha256();
  }

  @Override
  public String fingerprint() {
    return files.fingerprint();
  }

  @Override
  public long[] fileStates() {
    return files.states();
  }

  @Override
  public String toString() {
    return "%s, %s: %s; %s"
        .formatted(
            Quantity.of(size(), "image"),
            hasLabels() ? Quantity.of(labels.names().size(), "class") : "no classes",
            kind,
            decoder.explanation());
  }
}
