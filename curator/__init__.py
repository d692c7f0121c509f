"""The pages for whoever tests the answers: test questions, runs, failures, visits."""
