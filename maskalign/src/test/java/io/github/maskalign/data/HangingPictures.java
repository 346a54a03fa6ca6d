package io.github.maskalign.data;

import io.github.maskalign.vit.image.Picture;
import java.util.concurrent.CountDownLatch;

/** A data set with one picture whose reading does not return, as when a file server is gone. */
public final class HangingPictures extends DelegatingDataset {

  private final int hanging;
  private final CountDownLatch released = new CountDownLatch(1);

  public HangingPictures(Dataset whole, int hanging) {
    super(whole);
    this.hanging = hanging;
  }

  /** Lets the reading return. */
  public void release() {
    released.countDown();
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
    return super.picture(sample);
  }
}
