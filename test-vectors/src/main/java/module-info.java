import org.jspecify.annotations.NullMarked;

/** Reference data, and the runner that holds any backend against it. */
@NullMarked
module io.github.maskalign.vectors {
  requires io.github.maskalign.align;
  requires static org.jspecify;
}
