"""The stack categories: the groups and subcategories of the Marketing Technology Landscape, the field's common map, and
one group for general-purpose AI that the landscape has no room for. Slugs are stable; they stand in exports and files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Category:
    """A subcategory of the landscape, with the group it belongs to."""

    slug: str
    name: str
    group: str  # slug of the group


GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "advertising-promotion": "Advertising & Promotion",
        "content-experience": "Content & Experience",
        "social-relationships": "Social & Relationships",
        "commerce-sales": "Commerce & Sales",
        "data": "Data",
        "management": "Management",
        "ai-platforms": "AI Platforms",
    }
)

CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        category.slug: category
        for category in (
            Category("mobile-marketing", "Mobile Marketing", "advertising-promotion"),
            Category(
                "display-programmatic",
                "Display & Programmatic Advertising",
                "advertising-promotion",
            ),
            Category("search-social-ads", "Search & Social Advertising", "advertising-promotion"),
            Category("native-content-ads", "Native & Content Advertising", "advertising-promotion"),
            Category("video-ads", "Video Advertising", "advertising-promotion"),
            Category("print", "Print", "advertising-promotion"),
            Category("pr", "PR", "advertising-promotion"),
            Category("mobile-apps", "Mobile Apps", "content-experience"),
            Category("video-marketing", "Video Marketing", "content-experience"),
            Category("interactive-content", "Interactive Content", "content-experience"),
            Category("email-marketing", "Email Marketing", "content-experience"),
            Category("content-marketing", "Content Marketing", "content-experience"),
            Category(
                "optimization-personalization",
                "Optimization, Personalization & Testing",
                "content-experience",
            ),
            Category("dam-mrm-pim", "DAM, MRM & PIM", "content-experience"),
            Category("seo", "SEO", "content-experience"),
            Category(
                "marketing-automation",
                "Marketing Automation & Campaign/Lead Management",
                "content-experience",
            ),
            Category("cms-web-experience", "CMS & Web Experience Management", "content-experience"),
            Category("call-analytics", "Call Analytics & Management", "social-relationships"),
            Category("abm", "Account-Based Marketing", "social-relationships"),
            Category("events-webinars", "Events, Meetings & Webinars", "social-relationships"),
            Category("social-media", "Social Media Marketing & Monitoring", "social-relationships"),
            Category("advocacy-loyalty", "Advocacy, Loyalty & Referrals", "social-relationships"),
            Category("influencers", "Influencers", "social-relationships"),
            Category("community-reviews", "Community & Reviews", "social-relationships"),
            Category("conversational", "Conversational Marketing & Chat", "social-relationships"),
            Category(
                "customer-experience",
                "Customer Experience, Service & Success",
                "social-relationships",
            ),
            Category("crm", "CRM", "social-relationships"),
            Category("retail-proximity-iot", "Retail, Proximity & IoT Marketing", "commerce-sales"),
            Category(
                "channel-partner-local", "Channel, Partner & Local Marketing", "commerce-sales"
            ),
            Category(
                "sales-enablement", "Sales Automation, Enablement & Intelligence", "commerce-sales"
            ),
            Category("affiliate", "Affiliate Marketing & Management", "commerce-sales"),
            Category("ecommerce-marketing", "Ecommerce Marketing", "commerce-sales"),
            Category("ecommerce-platforms", "Ecommerce Platforms & Carts", "commerce-sales"),
            Category("audience-data", "Audience Data & Data Enhancement", "data"),
            Category(
                "marketing-analytics", "Marketing Analytics, Performance & Attribution", "data"
            ),
            Category("web-analytics", "Mobile & Web Analytics", "data"),
            Category("dashboards", "Dashboards & Data Visualization", "data"),
            Category(
                "customer-intelligence", "Business/Customer Intelligence & Data Science", "data"
            ),
            Category(
                "integration-tag-management",
                "iPaaS, Cloud/Data Integration & Tag Management",
                "data",
            ),
            Category("dmp", "DMP", "data"),
            Category("cdp", "CDP", "data"),
            Category("governance-privacy", "Governance, Compliance & Privacy", "data"),
            Category("talent", "Talent Management", "management"),
            Category("product-management", "Product Management", "management"),
            Category("budgeting-finance", "Budgeting & Finance", "management"),
            Category("collaboration", "Collaboration", "management"),
            Category("projects-workflow", "Projects & Workflow", "management"),
            Category("agile-lean", "Agile & Lean Management", "management"),
            Category("vendor-analysis", "Vendor Analysis", "management"),
            Category("ai-platforms", "AI Models, Assistants & Agents", "ai-platforms"),
        )
    }
)
