package io.github.maskalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.image.Picture;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Some samples of a set in a given order. */
final class DatasetView implements Dataset {

  private final Dataset whole;
  private final int[] samples;

  DatasetView(Dataset whole, int[] samples) {
    this.whole = whole;
    this.samples = samples.clone();
    for (int sample : samples) {
      Objects.checkIndex(sample, whole.size());
    }
  }

  @Override
  public int size() {
    return samples.length;
  }

  @Override
  public Picture picture(int sample) {
    return whole.picture(samples[sample]);
  }

  @Override
  public byte @Nullable [] file(int sample) {
    return whole.file(samples[sample]);
  }

  @Override
  public boolean hasLabels() {
    return whole.hasLabels();
  }

  @Override
  public int label(int sample) {
    return whole.label(samples[sample]);
  }

  @Override
  public List<String> classNames() {
    return whole.classNames();
  }

  @Override
  public String name(int sample) {
    return whole.name(samples[sample]);
  }

  @Override
  public DatasetNotes notes() {
    return whole.notes();
  }

  @Override
  public String sha256() {
    return ofSamples(whole.sha256());
  }

  @Override
  public String fingerprint() {
    return ofSamples(whole.fingerprint());
  }

  @Override
  public long[] fileStates() {
    long[] states = whole.fileStates();
    return states.length == 0 ? states : Arrays.stream(samples).mapToLong(i -> states[i]).toArray();
  }

  private String ofSamples(String digest) {
    ByteBuffer numbers = ByteBuffer.allocate(Math.multiplyExact(samples.length, Integer.BYTES));
    numbers.asIntBuffer().put(samples);
    return new Sha256().add(digest.getBytes(UTF_8)).add(numbers).hex();
  }

  @Override
  public Dataset select(int... chosen) {
    int[] numbers = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      numbers[i] = samples[chosen[i]];
    }
    return new DatasetView(whole, numbers);
  }

  @Override
  public String toString() {
    return "%d of %s".formatted(samples.length, whole);
  }
}
