/** What the kinds of cases compute, each with the library's own code. */
package io.github.maskalign.vectors.kinds;
