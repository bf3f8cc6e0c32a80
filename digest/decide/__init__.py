"""Apply the team's decisions and relate stories to the company's stack."""
