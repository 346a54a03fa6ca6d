/** A user's program. */
module consumer {
  requires io.github.maskalign.vit;
}
