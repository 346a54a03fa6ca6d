import org.jspecify.annotations.NullMarked;

/** Vision Transformers, and the way from pictures and foreign weights to them. */
@NullMarked
module io.github.maskalign.vit {
  requires com.fasterxml.jackson.databind;
  requires transitive io.github.maskalign.autograd;
  requires com.twelvemonkeys.imageio.webp;
  requires transitive java.desktop;
  requires static transitive org.jspecify;

  exports io.github.maskalign.vit;
  exports io.github.maskalign.vit.embed;
  exports io.github.maskalign.vit.image;
  exports io.github.maskalign.vit.onnx;
  exports io.github.maskalign.vit.protobuf to
      io.github.maskalign.align;
  exports io.github.maskalign.vit.pth;
  exports io.github.maskalign.vit.search;
  exports io.github.maskalign.vit.text;
  exports io.github.maskalign.vit.weights;
}
