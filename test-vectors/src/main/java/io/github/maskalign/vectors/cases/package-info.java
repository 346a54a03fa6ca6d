/** A case of the reference data: its manifest, its numbers, and the rule it passes by. */
package io.github.maskalign.vectors.cases;
