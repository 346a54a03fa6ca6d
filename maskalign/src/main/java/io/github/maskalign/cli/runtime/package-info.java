/** A copy of this program that carries a Java runtime of its own. */
package io.github.maskalign.cli.runtime;
