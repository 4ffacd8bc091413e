"""What units make public: notices with a term and objections, the publication catalogue, the board of each unit."""
