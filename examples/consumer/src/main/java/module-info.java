/** A program of somebody else's, which uses the library. */
module consumer {
  requires io.github.maskalign.vit;
}
