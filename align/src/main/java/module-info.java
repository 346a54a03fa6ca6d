import org.jspecify.annotations.NullMarked;

/**
 * MaskAlign pre-training, and everything around it: data, checkpoints, evaluation, command line.
 */
@NullMarked
module io.github.maskalign.align {
  requires transitive io.github.maskalign.vit;
  requires info.picocli;
  requires static transitive org.jspecify;

  exports io.github.maskalign.align.cli;
  exports io.github.maskalign.align.data;
  exports io.github.maskalign.align.eval;

  opens io.github.maskalign.align.cli to
      info.picocli;

  uses io.github.maskalign.align.cli.Command;
}
