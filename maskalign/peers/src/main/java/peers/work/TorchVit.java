package peers.work;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.ViTConfig;
import java.util.ArrayList;
import java.util.List;

/** The network of {@link io.github.maskalign.vit.ViT} in libtorch's operations, through DJL. */
final class TorchVit {

  /** Trainable parameters, in order of creation. */
  final List<NDArray> parameters = new ArrayList<>();

  private final NDManager manager;
  private final ViTConfig config;
  private final boolean training;
  private final NDArray patchWeight;
  private final NDArray patchBias;
  private final NDArray classToken;
  private final NDArray positions;
  private final List<Block> blocks = new ArrayList<>();

  private record Block(
      NDArray gamma1,
      NDArray beta1,
      NDArray qkvWeight,
      NDArray qkvBias,
      NDArray projectionWeight,
      NDArray projectionBias,
      NDArray gamma2,
      NDArray beta2,
      NDArray firstWeight,
      NDArray firstBias,
      NDArray secondWeight,
      NDArray secondBias) {}

  TorchVit(NDManager manager, ViTConfig config, boolean training) {
    this.manager = manager;
    this.config = config;
    this.training = training;
    int d = config.width();
    patchWeight = weight(d, config.patchValues());
    patchBias = constant(0, d);
    classToken = weight(1, 1, d);
    positions = manager.randomNormal(0, 0.02f, new Shape(1, 197, d), DataType.FLOAT32);
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(
          new Block(
              constant(1, d),
              constant(0, d),
              weight(3 * d, d),
              constant(0, 3 * d),
              weight(d, d),
              constant(0, d),
              constant(1, d),
              constant(0, d),
              weight(config.mlpWidth(), d),
              constant(0, config.mlpWidth()),
              weight(d, config.mlpWidth()),
              constant(0, d)));
    }
  }

  /** Copies the weights of our network, except those of its final norm. */
  void copy(Parameters ours) {
    set(patchWeight, ours, "patch_embed.proj.weight");
    set(patchBias, ours, "patch_embed.proj.bias");
    set(classToken, ours, "cls_token");
    set(positions, ours, "pos_embed");
    for (int i = 0; i < blocks.size(); i++) {
      String name = "blocks." + i + ".";
      Block block = blocks.get(i);
      set(block.gamma1, ours, name + "norm1.weight");
      set(block.beta1, ours, name + "norm1.bias");
      set(block.qkvWeight, ours, name + "attn.qkv.weight");
      set(block.qkvBias, ours, name + "attn.qkv.bias");
      set(block.projectionWeight, ours, name + "attn.proj.weight");
      set(block.projectionBias, ours, name + "attn.proj.bias");
      set(block.gamma2, ours, name + "norm2.weight");
      set(block.beta2, ours, name + "norm2.bias");
      set(block.firstWeight, ours, name + "mlp.fc1.weight");
      set(block.firstBias, ours, name + "mlp.fc1.bias");
      set(block.secondWeight, ours, name + "mlp.fc2.weight");
      set(block.secondBias, ours, name + "mlp.fc2.bias");
    }
  }

  private static void set(NDArray to, Parameters ours, String name) {
    to.set(ours.get(name).value().toFloats());
  }

  NDArray weight(long... shape) {
    return parameter(manager.randomNormal(0, 0.02f, new Shape(shape), DataType.FLOAT32));
  }

  NDArray constant(float value, long... shape) {
    return parameter(manager.full(new Shape(shape), value, DataType.FLOAT32));
  }

  private NDArray parameter(NDArray value) {
    if (training) {
      value.setRequiresGradient(true);
      parameters.add(value);
    }
    return value;
  }

  /**
   * The outputs of all blocks, [B, T, D] each.
   *
   * @param images [B, 3, H, W]
   * @param visible the patches to use, or null for all of them
   */
  List<NDArray> forward(NDManager step, NDArray images, NDArray visible) {
    long batch = images.getShape().get(0);
    int grid = config.grid().rows();
    int patch = config.patchSize();
    NDArray patches =
        images
            .reshape(batch, 3, grid, patch, grid, patch)
            .transpose(0, 2, 4, 1, 3, 5)
            .reshape(batch, config.patches(), config.patchValues());
    NDArray places = positions.get(":, 1:");
    places.attach(step);
    if (visible != null) {
      patches = patches.get(":, {}", visible);
      places = places.get(":, {}", visible);
    }
    NDArray first = positions.get(":, :1");
    first.attach(step);
    NDArray x = linear(patches, patchWeight, patchBias).add(places);
    NDArray start = classToken.add(first);
    start.attach(step); // or the parameters' manager would keep all results
    start = start.broadcast(batch, 1, config.width());
    x = start.concat(x, 1);
    List<NDArray> levels = new ArrayList<>();
    for (Block block : blocks) {
      x = block(x, block);
      levels.add(x);
    }
    return levels;
  }

  private NDArray block(NDArray x, Block w) {
    int d = config.width();
    NDArray y = x.add(attention(layerNorm(x, w.gamma1, w.beta1, d), w));
    NDArray hidden =
        Activation.gelu(linear(layerNorm(y, w.gamma2, w.beta2, d), w.firstWeight, w.firstBias));
    return y.add(linear(hidden, w.secondWeight, w.secondBias));
  }

  private NDArray attention(NDArray x, Block w) {
    long batch = x.getShape().get(0);
    long tokens = x.getShape().get(1);
    int heads = config.heads();
    int each = config.width() / heads;
    NDList qkv =
        linear(x, w.qkvWeight, w.qkvBias)
            .reshape(batch, tokens, 3, heads, each)
            .transpose(2, 0, 3, 1, 4)
            .split(3, 0);
    Shape shape = new Shape(batch, heads, tokens, each);
    NDArray mixed =
        attention(
            qkv.get(0).reshape(shape),
            qkv.get(1).reshape(shape),
            qkv.get(2).reshape(shape),
            (float) Math.pow(each, -0.5));
    return linear(
        mixed.transpose(0, 2, 1, 3).reshape(batch, tokens, config.width()),
        w.projectionWeight,
        w.projectionBias);
  }

  /** DJL has no fused attention: matMul, softmax, matMul. */
  static NDArray attention(NDArray q, NDArray k, NDArray v, float scale) {
    return q.mul(scale).matMul(k.swapAxes(-1, -2)).softmax(-1).matMul(v);
  }

  static NDArray layerNorm(NDArray x, NDArray gamma, NDArray beta, int width) {
    return LayerNorm.layerNorm(x, new Shape(width), gamma, beta, 1e-6f).singletonOrThrow();
  }

  static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return Linear.linear(x, weight, bias).singletonOrThrow();
  }
}
