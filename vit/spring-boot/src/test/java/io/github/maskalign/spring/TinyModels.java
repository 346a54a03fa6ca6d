package io.github.maskalign.spring;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes networks with random weights. */
final class TinyModels {

  static final List<String> CLASSES = List.of("cat", "dog", "eel");

  private TinyModels() {}

  /** A CLIP of 8-pixel images, in the files of Hugging Face. */
  static Path clip(Path folder) {
    int end = TinyVocabulary.ids().get("<|endoftext|>");
    new ClipFiles().writeHuggingFace(folder, "quick_gelu", end);
    return folder;
  }

  /** A classifier of 16-pixel images. */
  static Path classifier(Path folder) {
    Path file = folder.resolve("classifier.safetensors");
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViTConfig config = ViTConfig.of(16, 8, 8, 1, 2);
      ViTClassifier.create(parameters.root(), config, Pooling.MEAN_PATCHES, CLASSES.size());
      ClassifierCard card = new ClassifierCard(ClassifierCard.Head.MEAN, CLASSES);
      Weights.save(file, parameters, card.metadata(ChannelStats.imageNet()));
    }
    return file;
  }

  /** An image of one color. */
  static Picture picture(int gray) {
    byte[] pixels = new byte[3 * 16 * 16];
    Arrays.fill(pixels, (byte) gray);
    return Picture.ofInterleaved(pixels, 3, 16, 16);
  }
}
