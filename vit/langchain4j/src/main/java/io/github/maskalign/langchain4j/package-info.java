/** CLIP and SigLIP as an embedding model of LangChain4j. */
@NullMarked
package io.github.maskalign.langchain4j;

import org.jspecify.annotations.NullMarked;
