package io.github.maskalign.data;

import io.github.maskalign.vit.image.Picture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set with the classes of another set. */
final class RelabeledDataset implements Dataset {
  private final Dataset whole;
  private final int[] numbers;
  private final List<String> classNames;

  /**
   * Relabels a set.
   *
   * @param numbers the new label by the former one
   */
  RelabeledDataset(Dataset whole, int[] numbers, List<String> classNames) {
    this.whole = whole;
    this.numbers = numbers;
    this.classNames = List.copyOf(classNames);
  }

  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public Picture picture(int sample) {
    return whole.picture(sample);
  }

  @Override
  public byte @Nullable [] file(int sample) {
    return whole.file(sample);
  }

  @Override
  public boolean hasLabels() {
    return true;
  }

  @Override
  public int label(int sample) {
    return numbers[whole.label(sample)];
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public String name(int sample) {
    return whole.name(sample);
  }

  @Override
  public DatasetNotes notes() {
    return whole.notes();
  }

  @Override
  public String sha256() {
    return whole.sha256();
  }

  @Override
  public String fingerprint() {
    return whole.fingerprint();
  }

  @Override
  public long[] fileStates() {
    return whole.fileStates();
  }

  @Override
  public String toString() {
    return whole.toString();
  }
}
