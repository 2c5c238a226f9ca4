/** @file A process that does nothing: what an engine takes to start and end. */
