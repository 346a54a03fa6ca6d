import org.jspecify.annotations.NullMarked;

/** CLIP and SigLIP as an embedding model of LangChain4j. */
@NullMarked
module io.github.maskalign.langchain4j {
  requires transitive io.github.maskalign.vit;
  requires transitive langchain4j.core;
  requires static transitive org.jspecify;

  exports io.github.maskalign.langchain4j;
}
