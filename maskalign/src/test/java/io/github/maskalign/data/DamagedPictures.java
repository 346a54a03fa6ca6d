package io.github.maskalign.data;

import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import java.util.Set;

/** A set of which some samples are damaged. */
final class DamagedPictures extends DelegatingDataset {

  private final Set<Integer> damaged;

  DamagedPictures(Dataset whole, Set<Integer> damaged) {
    super(whole);
    this.damaged = damaged;
  }

  @Override
  public Picture picture(int sample) {
    if (damaged.contains(sample)) {
      throw new DamagedPictureException(name(sample), "no picture at all", null);
    }
    return super.picture(sample);
  }

  @Override
  public String name(int sample) {
    return "picture-" + sample + ".jpg";
  }
}
