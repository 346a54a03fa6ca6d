import io.github.maskalign.cli.Command;
import io.github.maskalign.vectors.VerifyVectorsCommand;
import org.jspecify.annotations.NullMarked;

/** Verifies a backend against reference data. */
@NullMarked
module io.github.maskalign.vectors {
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires transitive io.github.maskalign;
  requires static org.jspecify;

  exports io.github.maskalign.vectors;

  opens io.github.maskalign.vectors to
      info.picocli;

  provides Command with
      VerifyVectorsCommand;
}
