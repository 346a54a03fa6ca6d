package io.github.maskalign.data;

import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import java.util.List;
import java.util.Set;

/** A set of which some samples are damaged. */
record DamagedPictures(Dataset whole, Set<Integer> damaged) implements Dataset {

  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public Picture picture(int sample) {
    if (damaged.contains(sample)) {
      throw new DamagedPictureException(name(sample), "no picture at all", null);
    }
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
  public String name(int sample) {
    return "picture-" + sample + ".jpg";
  }

  @Override
  public String sha256() {
    return whole.sha256();
  }
}
