/** A user's program. */
module embed {
  requires io.github.maskalign.vit;
}
