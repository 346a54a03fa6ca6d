package embed;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.weights.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Embeds one image with a randomly initialized network, which it saves and loads as a file. */
public final class EmbedOne {

  private EmbedOne() {}

  public static void main(String[] args) throws IOException {
    Path model = Files.createTempFile("random", ".safetensors");
    try {
      write(model);
      BufferedImage picture = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
      try (Embedder embedder = Embedder.load(model)) {
        float[] vector = embedder.embed(picture);
        System.out.printf("%s: %d numbers%n", home(), vector.length);
      }
    } finally {
      Files.delete(model);
    }
  }

  private static String home() {
    Module module = Embedder.class.getModule();
    return module.isNamed() ? "module " + module.getName() : "class path";
  }

  private static void write(Path model) {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "model")) {
      System.out.println(choice.explanation());
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), ViTConfig.of(32, 16, 64, 3, 1));
      Weights.save(model, parameters, Map.of());
    }
  }
}
