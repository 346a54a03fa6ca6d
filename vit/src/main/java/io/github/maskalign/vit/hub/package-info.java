/** Fetches models from the Hub by name, once, into the cache shared with Python. */
package io.github.maskalign.vit.hub;
