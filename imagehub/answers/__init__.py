"""What the REST API answers, one module a subject: the API makes these, the client reads them."""
