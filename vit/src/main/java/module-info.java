import org.jspecify.annotations.NullMarked;

/**
 * Vision Transformers: networks, published weights, image decoding, tokenizers, embeddings and
 * search.
 */
@NullMarked
module io.github.maskalign.vit {
  requires com.fasterxml.jackson.databind;
  requires transitive io.github.maskalign.autograd;
  requires com.twelvemonkeys.imageio.webp;
  requires transitive java.desktop;
  requires java.net.http;
  requires static transitive org.jspecify;

  exports io.github.maskalign.vit;
  exports io.github.maskalign.vit.embed;
  exports io.github.maskalign.vit.export;
  exports io.github.maskalign.vit.hub;
  exports io.github.maskalign.vit.hub.access;
  exports io.github.maskalign.vit.hub.cache to
      io.github.maskalign;
  exports io.github.maskalign.vit.hub.name;
  exports io.github.maskalign.vit.image;
  exports io.github.maskalign.vit.image.preprocess;
  exports io.github.maskalign.vit.image.resize;
  exports io.github.maskalign.vit.json to
      io.github.maskalign,
      io.github.maskalign.vectors;
  // TensorBoard's event files are protocol buffers too.
  exports io.github.maskalign.vit.protobuf to
      io.github.maskalign;
  exports io.github.maskalign.vit.labels;
  exports io.github.maskalign.vit.pair;
  exports io.github.maskalign.vit.search;
  exports io.github.maskalign.vit.text;
  exports io.github.maskalign.vit.text.token;
  exports io.github.maskalign.vit.weights;
  exports io.github.maskalign.vit.weights.classifier;
  exports io.github.maskalign.vit.weights.family;
  exports io.github.maskalign.vit.weights.file;
  exports io.github.maskalign.vit.weights.names;
  exports io.github.maskalign.vit.weights.processor;
  exports io.github.maskalign.vit.weights.pth;

  opens io.github.maskalign.vit.weights.classifier to
      com.fasterxml.jackson.databind;

  uses io.github.maskalign.vit.weights.file.WeightFolder;
}
