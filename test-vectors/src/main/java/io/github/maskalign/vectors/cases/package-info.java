/** A case of the reference data: its manifest, its tensors, and its pass rule. */
package io.github.maskalign.vectors.cases;
