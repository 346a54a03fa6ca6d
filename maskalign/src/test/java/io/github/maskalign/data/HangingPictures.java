package io.github.maskalign.data;

import io.github.maskalign.vit.image.Picture;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A data set with one picture whose reading does not return, as when a file server is gone. */
public final class HangingPictures implements Dataset {

  private final Dataset whole;
  private final int hanging;
  private final CountDownLatch released = new CountDownLatch(1);

  public HangingPictures(Dataset whole, int hanging) {
    this.whole = whole;
    this.hanging = hanging;
  }

  /** Lets the reading return. */
  public void release() {
    released.countDown();
  }

  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public Picture picture(int sample) {
    while (sample == hanging && released.getCount() > 0) {
      try {
        released.await();
      } catch (InterruptedException e) {
        // No interrupt ends reading.
      }
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
  public String sha256() {
    return whole.sha256();
  }
}
