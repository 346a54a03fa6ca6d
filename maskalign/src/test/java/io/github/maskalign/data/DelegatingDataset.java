package io.github.maskalign.data;

import io.github.maskalign.vit.image.Picture;
import java.util.List;

/** A set with the samples of another one, except for what a test overrides. */
class DelegatingDataset implements Dataset {

  private final Dataset whole;

  DelegatingDataset(Dataset whole) {
    this.whole = whole;
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
  public boolean hasLabels() {
    return whole.hasLabels();
  }

  @Override
  public int label(int sample) {
    return whole.label(sample);
  }

  @Override
  public List<String> classNames() {
    return whole.classNames();
  }

  @Override
  public String sha256() {
    return whole.sha256();
  }
}
