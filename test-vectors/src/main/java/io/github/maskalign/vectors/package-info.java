/** Verifies a backend against reference data, case by case. */
package io.github.maskalign.vectors;
