"""Paths of products, which belong to no practice."""

from django.urls import path

from catalog.views import ProductViewSet

urlpatterns = [path("products", ProductViewSet.as_view({"get": "list", "post": "create"}))]
