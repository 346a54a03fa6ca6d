import org.jspecify.annotations.NullMarked;

/**
 * MaskAlign pre-training, and everything around it: data, checkpoints, evaluation, command line.
 */
@NullMarked
module io.github.maskalign.align {
  requires transitive io.github.maskalign.vit;
  requires static org.jspecify;
}
