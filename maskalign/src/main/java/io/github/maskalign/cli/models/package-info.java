/** The command that manages downloaded models. */
package io.github.maskalign.cli.models;
