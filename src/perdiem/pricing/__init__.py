"""pricing: what a contract owes for what is payable - rates, reductions, and the amounts at stake."""
