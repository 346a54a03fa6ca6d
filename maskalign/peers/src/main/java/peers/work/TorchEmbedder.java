package peers.work;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.ViTConfig;

/** Embeds images with libtorch's operations. */
public final class TorchEmbedder implements EmbedPeers.Peer {

  private final ViTConfig config;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final TorchVit network;
  private final NDArray ones;
  private final NDArray zeros;

  /** Copies our network. */
  public TorchEmbedder(ViTConfig config, Parameters parameters) {
    this.config = config;
    network = new TorchVit(manager, config, false);
    network.copy(parameters);
    ones = manager.ones(new Shape(config.width()));
    zeros = manager.zeros(new Shape(config.width()));
  }

  @Override
  public float[] embed(int pictures, float[] pixels) {
    int side = config.imageSize().height();
    try (NDManager call = manager.newSubManager()) {
      NDArray images = call.create(pixels, new Shape(pictures, config.channels(), side, side));
      NDArray first = network.forward(call, images, null).getLast().get(":, 0");
      return TorchVit.layerNorm(first, ones, zeros, config.width()).toFloatArray();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
